"""Finding and reading the packs of a case."""

from hallmark.errors import Missing, Tampered
from hallmark.evidence.case import open_pack
from hallmark.evidence.places import pack_key
from hallmark.evidence.statement import Certification
from hallmark.policy.role import KeyUse
from hallmark.steps.context import Context


def packed(context: Context, model: str, version: str, case: str, number: int = 1) -> bool:
    """True when the store holds that pack of the case."""
    key = pack_key(model, version, case, number)
    return key in set(context.store.keys(key))


def read_pack(context: Context, model: str, version: str, case: str, number: int = 1) -> Certification:
    """Read a pack whose signature holds under the chain of rulebooks.

    Raises `Missing` when the case has none, `Tampered` when it does not hold.
    """
    try:
        data = context.store.get(pack_key(model, version, case, number))
    except Missing as error:
        raise Missing(f"Case {case} of {model} {version} has no pack; the gate has not decided.") from error
    certification = open_pack(data, context.chain().keys(KeyUse.CERTIFIER))
    told = certification.opening
    if (told.model, told.version, told.case, certification.number) != (model, version, case, number):
        raise Tampered(f"The pack at {model}/{version}/{case}/{number} is that of case {told.case}.")
    return certification
