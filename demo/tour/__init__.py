"""A whole day in the real windows, driven by keys and clicks; every step is verified and leaves a screenshot."""
