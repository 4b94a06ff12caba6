"""The trigger form of `certify_model`: proposals from the registry, a reason, and nothing that decides."""

from collections.abc import Iterable
from typing import Any

from airflow.sdk import Param

from hallmark.local.offered import offered


def asked_for() -> dict[str, Param]:
    """The parameters of a run. Proposals are no closed list: what was registered a moment ago is taken too."""
    known = offered()
    return {
        "model": _word("Model", (model for model, _ in known), _table(known)),
        "version": _word("Version", (version for _, version in known), "A registered version of the model."),
        "cohort": _word("Cohort", (one for of in known.values() for one in of), "Empty: the newest.", optional=True),
        "reason": Param(
            "",
            type="string",
            minLength=1,
            maxLength=500,
            title="Reason",
            description_md="Why now. It stands in the pack, with your name.",
        ),
    }


def _word(title: str, names: Iterable[str], says: str, *, optional: bool = False) -> Param:
    proposals = sorted(set(names))
    own: dict[str, Any] = {"examples": proposals} if proposals else {}
    # the form takes a text that may be missing for optional, and no other
    own |= {"type": ["null", "string"]} if optional else {"type": "string", "minLength": 1}
    return Param(None if optional else "", maxLength=63, title=title, description_md=says, **own)


def _table(known: dict[tuple[str, str], tuple[str, ...]]) -> str:
    """What is registered, a line for each version: which version belongs to which model, and on which cohorts."""
    if not known:
        return "As in the registry; `hallmark register DIR` takes a model in."
    lines = (
        f"- {model} **{version}**: {', '.join(cohorts) or 'no cohort'}" for (model, version), cohorts in known.items()
    )
    return "Registered models, **versions** and cohorts:\n\n" + "\n".join(lines)
