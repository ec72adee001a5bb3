"""What codes, entities, verdicts and inspections are: no Qt, no SQL, no HTTP, no clock."""
