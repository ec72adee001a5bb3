"""What attackers try, each case by name; docs/security.md lists them with their controls."""
