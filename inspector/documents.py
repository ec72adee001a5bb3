"""Small signed documents that travel as TUF targets beside the register: keys, status lists, host rules, checklists.

By network and by stick the same; the laptop takes only what the repository's signatures offer.
"""

import hashlib

from inspector.checklist import Template

LISTS = "trust/lists.json"
"""The key list and the status lists: ``cache.trust.Lists``."""
HOSTS = "trust/hosts.json"
"""Which host names are whose: ``inspector.hosts.HostRules``."""
TEMPLATES = "templates/"
LARGEST = 8 << 20
"""Bytes: the status list of a whole province, packed, is a few hundred kilobytes."""


def template_path(template: Template) -> str:
    """One target for each version of a checklist; its name says nothing and cannot leave the folder."""
    return f"{TEMPLATES}{hashlib.sha256(template.ref.encode()).hexdigest()}.json"


def is_document(path: str) -> bool:
    return path in (LISTS, HOSTS) or path.startswith(TEMPLATES)
