"""The central service: holds the register, enrols laptops, takes records in and gives receipts."""
