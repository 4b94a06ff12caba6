"""Attacks on the rules: suites, rulebooks and the tier of a model."""

from dataclasses import replace
from pathlib import Path

from attacks.attack import Answer, Attack, tried
from attacks.place import MODEL, Place
from shipped import ROOT

from hallmark.cli.rulebook import publish_current
from hallmark.edges.key_file import KeyFile
from hallmark.evidence.canonical import encode
from hallmark.evidence.case import read_blob
from hallmark.evidence.entry import EntryKind
from hallmark.evidence.envelope import seal
from hallmark.evidence.places import blob_key, rulebook_key
from hallmark.evidence.trust import RULEBOOK
from hallmark.policy.control import Tier
from hallmark.policy.role import KeyUse
from hallmark.policy.rulebook import Entry, Rulebook, Rules
from hallmark.ports import Signer
from hallmark.steps.intake import Proposal
from hallmark.steps.publish import publish
from hallmark.steps.register import register


def _rules(place: Place) -> Rules:
    return place.context.chain().latest.rulebook.rules


def _graced(rules: Rules, days: int) -> Rules:
    """The rules with other days of grace, the smallest change that makes another rulebook."""
    return replace(rules, appetite=replace(rules.appetite, grace_days=days))


def _publish(place: Place, rules: Rules) -> None:
    """As the publisher does."""
    publish(place.context, rules, {one.name: read_blob(place.context.store, one.sha256) for one in rules.suites})


def _forge(place: Place, rules: Rules, signer: Signer) -> Answer:
    """Put rulebook 2 into the store, signed by somebody who is not the publisher."""
    before = place.context.chain().latest
    forged = Rulebook(number=2, previous=before.sha256, issued_at=place.context.now(), rules=rules)
    place.overwrite(rulebook_key(2), seal(encode(forged), RULEBOOK, signer))
    return place.verify()


def _loosen_in_store(place: Place) -> Answer:
    """Bytes of a suite that asks for nothing, under the digest of the published one."""
    sha256 = _rules(place).suite(MODEL).sha256
    place.overwrite(blob_key(sha256), b'{"name": "card_default", "meta": {}, "expectations": []}')
    return place.verify()


def _unpublished(place: Place) -> Answer:
    return _forge(place, _graced(_rules(place), 3650), place.context.signer(KeyUse.CERTIFIER))


def _grace_over(place: Place) -> Answer:
    _publish(place, _graced(_rules(place), 0))
    return place.verify()


def _older(place: Place) -> Answer:
    """Rulebook 2 was in force when a case under rulebook 1 was opened: so the ledger stands, and so it is signed."""
    _publish(place, _graced(_rules(place), 1))
    entries = place.entries()
    rulebooks = tuple(entry for entry in entries if entry.kind is EntryKind.RULEBOOK)
    place.rewrite((*rulebooks, *(entry for entry in entries if entry not in rulebooks)))
    return place.verify()


def _lowered(place: Place) -> Entry:
    return replace(_rules(place).entry(MODEL), tier=Tier.LOW)


def _tier_in_manifest(place: Place) -> Answer:
    text = (place.built / "manifest.yaml").read_text("utf-8")
    own = _copied(place.built, place.home.root.parent / "own")
    (own / "manifest.yaml").write_text(text.replace('version: "1"', 'version: "2"') + "tier: low\n", "utf-8")
    return tried("register", lambda: register(place.context.registry, own))


def _copied(source: Path, target: Path) -> Path:
    for path in (one for one in source.rglob("*") if one.is_file() and one.parent.name != "cohorts"):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    return target


def _tier_proposed(place: Place) -> Answer:
    own = Proposal(entry=_lowered(place), text="", suites={})
    return tried("publish", lambda: publish_current(place.context, ROOT, [own]))


def _tier_signed(place: Place) -> Answer:
    rules = _rules(place)
    lowered = tuple(_lowered(place) if one.model == MODEL else one for one in rules.inventory)
    return _forge(place, replace(rules, inventory=lowered), KeyFile.create(place.home.root / "owner.key"))


RULES = (
    Attack(
        does="loosen the suite in the store",
        refused_by=r"verify 5: The blob .* another digest",
        act=_loosen_in_store,
    ),
    Attack(
        does="put in an unpublished rulebook, signed by the certifier",
        refused_by=r"verify 1: .*signed by the key .* not trusted here",
        act=_unpublished,
    ),
    Attack(
        does="use the certificate of an older rulebook after its grace",
        refused_by=r"verify 8: lapsed .* under rulebook 2",
        act=_grace_over,
    ),
    Attack(
        does="open a case under rulebook 1 when 2 was in force",
        refused_by=r"verify 6: Rulebook 1 was not the one in force",
        act=_older,
    ),
    Attack(does="write a lower tier into the manifest", refused_by=r"register: .*tier", act=_tier_in_manifest),
    Attack(
        does="propose a lower tier beside the model",
        refused_by=r"publish: model card_default has its entry",
        act=_tier_proposed,
    ),
    Attack(
        does="sign a lower tier with the owner's own key",
        refused_by=r"verify 1: .*signed by the key .* not trusted here",
        act=_tier_signed,
    ),
)
