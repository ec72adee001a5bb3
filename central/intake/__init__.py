"""Intake (归集): departments' files in their own columns and encodings become entities of the register."""
