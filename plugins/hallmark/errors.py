"""The exception tree: two families decide whether Airflow tries again.

HallmarkError
├── Terminal            trying again cannot help
│   ├── BadInput        what a person gave is wrong: one sentence with what, where and the mend
│   ├── Missing         a key, blob, model or cohort is not there
│   ├── Conflict        a write-once place already holds other bytes
│   ├── Tampered        evidence is present and wrong
│   └── Undecidable     it cannot be told here: no root, a newer format
└── Transient           the world may heal
    └── Unavailable     a store, database or service does not answer
"""


class HallmarkError(Exception):
    """Base of everything that Hallmark raises on purpose; its text is one sentence for a person."""


class Terminal(HallmarkError):
    """Trying again cannot help."""


class BadInput(Terminal, ValueError):
    """What a person gave is wrong; the text says what, where and the mend.

    Also a `ValueError`, so that the YAML door can collect several with their places.
    """


class Missing(Terminal):
    """Something that was asked for by name does not exist."""


class Conflict(Terminal):
    """A write-once place already holds other bytes."""


class Tampered(Terminal):
    """Evidence is present and wrong: a digest, a signature, a form or an order does not hold."""


class Undecidable(Terminal):
    """The question cannot be answered here: no root, an unknown format, an incomplete source."""


class Transient(HallmarkError):
    """The world may heal; a later try can succeed."""


class Unavailable(Transient):
    """A store, a database or a service does not answer, or refuses the credentials."""
