"""Row-level security as SQL, for migrations.

Every setting is read in a scalar sub-select: PostgreSQL evaluates it once per statement (InitPlan) instead of
once per row. Staff and self-service are two roles with a policy each, never one policy with OR, so that each
list uses its own index.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

OWNER = "shanzhi_owner"

IN_STAFF_SCOPE = (
    "county = any ((select string_to_array(current_setting('app.counties', true), ','))::bpchar[]) "
    "and path <@ (select string_to_array(current_setting('app.scopes', true), ',')::ltree[])"
)
IS_ME = "(select nullif(current_setting('app.person', true), '')::uuid)"


#: Rows of matters that another county opened to ours (RLS narrows `share` to those). `shared("id")` for the matter's own table.
def shared(column: str = "matter_id") -> str:
    return f"({column}, county) in (select s.matter_id, s.county from share s where s.ended_at is null)"


SHARED = shared()
_PURPOSES = "(select string_to_array(current_setting('app.purpose', true), ','))::text[]"


def of_my_matters(column: str = "matter_id", capacity: str = "") -> str:
    """Rows of matters in which the current person takes part, in this capacity or any (RLS narrows `participant` to his
    own rows)."""
    part = f" where p.capacity = '{capacity}'" if capacity else ""
    return f"({column}, county) in (select p.matter_id, p.county from participant p{part})"


def for_purpose(app: str) -> str:
    """True for officers whose role works in the application `app` (an expression), and for the system."""
    return f"(({app}) = any ({_PURPOSES}) or '*' = any ({_PURPOSES}))"


def only_for_purpose(table: str, app: str) -> str:
    """Rows of one application stay unseen by officers who have no business in it, whatever their place."""
    return f"create policy purpose on {table} as restrictive for select to shanzhi_staff using ({for_purpose(app)})"


def only_for_purpose_of_matter(table: str) -> str:
    """As `only_for_purpose`, for rows that name a matter and no application. One without any event yet is just being made."""
    # The system's jobs, which see everything of their county, are spared the look.
    return (
        f"create policy purpose on {table} as restrictive for select to shanzhi_staff using ('*' = any ({_PURPOSES}) or "
        f"coalesce(matter_app(matter_id, county), '') = any ({_PURPOSES} || ''::text))"
    )


@dataclass(frozen=True)
class Access:
    """What one database role may do with a table, and which rows.

    Attributes:
        privileges: SQL privileges, e.g. `("select", "insert")`; `select (a, b)` limits columns.
        using: rows it sees; empty = none.
        check: rows it may write; empty = as `using`.
    """

    privileges: tuple[str, ...]
    using: str
    check: str = ""

    def statements(self, table: str, role: str) -> list[str]:
        check = self.check or self.using
        made = [f"grant {', '.join(self.privileges)} on {table} to {role}"]
        made.append(
            f"create policy {role} on {table} to {role} using ({self.using}) with check ({check})"
        )
        return made


READ_WRITE = ("select", "insert", "update")
STAFF = Access(READ_WRITE, IN_STAFF_SCOPE)
STAFF_APPENDS = Access(("select", "insert"), IN_STAFF_SCOPE)


def selves(column: str = "matter_id", privileges: tuple[str, ...] = READ_WRITE, capacity: str = "") -> Access:
    """Self-service access to rows of the person's own matters."""
    return Access(privileges, of_my_matters(column, capacity))


@dataclass(frozen=True)
class Reference:
    """A composite foreign key `(column, county) → table(id, county)`."""

    column: str
    table: str
    on_delete: str = "restrict"


@dataclass(frozen=True)
class TenantTable:
    """Everything a tenant table needs beyond its columns."""

    name: str
    staff: Access = STAFF
    selves: Access | None = None
    others: dict[str, Access] = field(default_factory=dict)
    references: tuple[Reference, ...] = ()
    unique: tuple[str, ...] = ()  # column lists, county first: "county, code"
    checks: dict[str, str] = field(default_factory=dict)  # constraint name → expression; the name is the rule
    indexes: tuple[str, ...] = ()  # bodies: "using gist (path)"

    @classmethod
    def hanging_on(
        cls, parent: Reference, name: str, *, references: tuple[Reference, ...] = (), indexes: tuple[str, ...] = (), **more: Any
    ) -> TenantTable:
        """A table whose rows hang on those of another one, and are found by them."""
        return cls(name, references=(parent, *references), indexes=(f"({parent.column}, county)", *indexes), **more)

    def statements(self) -> list[str]:
        """The table's DDL after Tortoise has made the columns."""
        made = [
            f"alter table {self.name} drop constraint {self.name}_pkey",
            f"alter table {self.name} add primary key (id, county)",
            f"alter table {self.name} add constraint {self.name}_county check (county ~ '^[0-9]{{6}}$')",
            f"create index {self.name}_path on {self.name} using gist (path)",
        ]
        for reference in self.references:
            made.append(
                f"alter table {self.name} add foreign key ({reference.column}, county) references "
                f"{reference.table} (id, county) on delete {reference.on_delete}"
            )
        made += [f"alter table {self.name} add unique ({columns})" for columns in self.unique]
        made += [
            f"alter table {self.name} add constraint {self.name}_{name} check ({expression})"
            for name, expression in self.checks.items()
        ]
        made += [
            f"create index {self.name}_{number} on {self.name} {body}"
            for number, body in enumerate(self.indexes, 1)
        ]
        return made + self._policies()

    def _policies(self) -> list[str]:
        made = secured(self.name)
        made += self.staff.statements(self.name, "shanzhi_staff")
        if self.selves is not None:
            made += self.selves.statements(self.name, "shanzhi_self")
        for role, access in self.others.items():
            made += access.statements(self.name, role)
        return made


def secured(table: str) -> list[str]:
    """Row-level security on, for the owner too."""
    return [
        f"alter table {table} enable row level security",
        f"alter table {table} force row level security",
    ]


def append_only(table: str) -> list[str]:
    """UPDATE, DELETE and TRUNCATE refused by the database, whoever asks."""

    def each(what: str) -> str:
        return f"for each {what} execute function refuse_change()"

    return [
        f"revoke update, delete, truncate on {table} from public, shanzhi_staff, shanzhi_self",
        f"create trigger {table}_append_only before update or delete on {table} {each('row')}",
        f"create trigger {table}_no_truncate before truncate on {table} {each('statement')}",
    ]


def plain_table(table: str, **grants: str) -> list[str]:
    """A reference table without a county: privileges by role, no row policy."""
    return [f"grant {privileges} on {table} to shanzhi_{role}" for role, privileges in grants.items()]


def person_table(table: str, column: str = "account_id") -> list[str]:
    """A table whose rows belong to an account: staff and self see their own only."""
    mine = Access((*READ_WRITE, "delete"), f"{column} = {IS_ME}")
    return [
        *secured(table),
        *mine.statements(table, "shanzhi_staff"),
        *mine.statements(table, "shanzhi_self"),
        *Access((*READ_WRITE, "delete"), "true").statements(table, "shanzhi_identity"),
    ]
