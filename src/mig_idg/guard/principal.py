"""Who is asking: one acting body for each request, or the public."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from mig_idg.registry.tokens import Account, Credential

NO_ROLES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller as rights see it. `collections` and `actions` are the scope of a token; None is no limit.
    `motive` is why an administrator broke the glass: it goes with every line of the journal.

    `key` names everything about the caller that may change an answer: two callers with one key may share a cache.
    """

    login: str | None = None
    name: str | None = None
    organisation: str | None = None
    roles: frozenset[str] = NO_ROLES
    collections: frozenset[str] | None = None
    actions: frozenset[str] | None = None
    expires_at: datetime | None = None
    motive: str | None = None
    key: str = field(default="public", compare=False)

    @property
    def public(self) -> bool:
        """True for a caller who showed no credential."""
        return self.login is None

    def within_scope(self, action: str, dataset: str) -> bool:
        """Whether the token covers this action on this dataset; beyond it, the caller is the public."""
        in_collections = self.collections is None or dataset in self.collections
        return in_collections and (self.actions is None or action in self.actions or action == "discover")


PUBLIC = Principal()


def from_credential(credential: Credential) -> Principal:
    """The principal behind a token."""
    return _principal(
        Account(credential.login, credential.name, credential.organisation, credential.roles),
        credential.collections,
        credential.actions,
        credential.expires_at,
        credential.motive,
    )


def from_account(account: Account, expires_at: datetime | None = None) -> Principal:
    """The principal behind an OpenID Connect subject."""
    return _principal(account, None, None, expires_at)


def _principal(
    account: Account,
    collections: frozenset[str] | None,
    actions: frozenset[str] | None,
    expires_at: datetime | None,
    motive: str | None = None,
) -> Principal:
    parts = (
        account.organisation or "",
        ",".join(sorted(account.roles)),
        "*" if collections is None else ",".join(sorted(collections)),
        "*" if actions is None else ",".join(sorted(actions)),
    )
    return Principal(
        login=account.login,
        name=account.name,
        organisation=account.organisation,
        roles=account.roles,
        collections=collections,
        actions=actions,
        expires_at=expires_at,
        motive=motive,
        key=hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).hexdigest(),
    )
