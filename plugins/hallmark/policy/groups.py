"""Groups that two attributes make together."""

from itertools import product

from hallmark.policy.subject import Attribute, Manifest

CROSS = "*"
"""Joins the names of attributes, and of their groups, where they are crossed: `sex*age_band`, `women*under 25`."""


def attribute_of(manifest: Manifest, name: str) -> Attribute | None:
    """The declared attribute called `name`, or the crossing of several; None when one of them is not declared.

    The columns of a crossing are joined like its names; its reference group is that of the reference groups.
    """
    declared = {attribute.name: attribute for attribute in manifest.attributes}
    parts = [declared.get(part) for part in name.split(CROSS)]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts):
        return None
    return Attribute(
        name=name,
        column=CROSS.join(part.column for part in found),
        groups=tuple(CROSS.join(groups) for groups in product(*(part.groups for part in found))),
        reference=CROSS.join(part.reference for part in found),
    )
