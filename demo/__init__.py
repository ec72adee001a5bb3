"""A laptop and a service on one machine, with invented data: ``make run`` and its tour."""
