"""Profiles (归集方案): mappings of columns under a name, so that the second delivery needs no questions."""

import msgspec
from sqlalchemy import select

from central.intake.mapping import Profile
from central.intake.problems import NoSuchImport, UnclearColumns
from central.models import ImportProfile
from central.service import Service

LONGEST = 64


def save(service: Service, profile: Profile) -> None:
    """Keep a profile, in place of one of the same name."""
    if not profile.name.strip() or len(profile.name) > LONGEST:
        raise UnclearColumns(f"方案名称应为 1 至 {LONGEST} 个字。")
    with service.sessions.begin() as session:
        session.merge(ImportProfile(name=profile.name, body=profile.encoded()))


def find(service: Service, name: str) -> Profile:
    """Raises NoSuchImport."""
    with service.sessions() as session:
        row = session.get(ImportProfile, name)
    if row is None:
        raise NoSuchImport(f"没有名为“{name}”的方案。")
    return msgspec.json.decode(row.body, type=Profile)


def all_profiles(service: Service) -> list[Profile]:
    with service.sessions() as session:
        bodies = session.scalars(select(ImportProfile.body).order_by(ImportProfile.name)).all()
    return [msgspec.json.decode(body, type=Profile) for body in bodies]
