"""A draft of `hallmark init` and the person who fills it in."""

import re
import sys
from pathlib import Path

import pandas as pd

ANSWERS = {
    "owner": "oncology-statistics",
    "purpose": "ward-planning",
    "department": "clinical-research",
    "source": "Diagnosis by biopsy, known within a month",
    "origin": "Breast Cancer Wisconsin (Diagnostic), as shipped with scikit-learn",
    "licence": "CC BY 4.0",
    "collected": "before 1995",
    "basis": "Published research data without names",
    "rule": "Rows are deleted after ten years",
    "as_if": "used in the EU",
    "description": "How many beds a ward plans for; nothing about a person is decided by it",
}
"""What only a person knows, by the key of the line."""


def write_data(folder: Path) -> None:
    """Write `holdout.csv` and `training.csv` with the features of breast cancer and scores that rank well."""
    from sklearn.datasets import load_breast_cancer

    frame = load_breast_cancer(as_frame=True).frame
    names = ["mean radius", "mean texture", "mean smoothness", "radius error"]
    score = (frame["mean radius"].rank(pct=True) * 0.8 + 0.05).round(4)
    rows = frame[names].assign(malignant=1 - frame["target"], score=score)
    for name, part in {"holdout": rows[::2], "training": rows[1::2]}.items():
        pd.DataFrame(part).to_csv(folder / f"{name}.csv", index=False)


def fill_in(folder: Path, tier: str = "low") -> None:
    """Confirm every guess and fill every gap in all documents of a draft."""
    edit(*folder.glob("*.yaml"), *folder.glob("cohorts/*.yaml"), folder / "expectations.json", tier=tier)


def edit(*files: Path, tier: str = "low") -> None:
    """Do what a person would do in an editor that was opened on `files`."""
    for file in files:
        text = file.read_text("utf-8")
        for key, value in ANSWERS.items():
            text = re.sub(rf'^( *{key}: )""', rf'\1"{value}"', text, flags=re.MULTILINE)
        text = text.replace("jurisdictions: []", "jurisdictions: [EU]").replace("tier: high", f"tier: {tier}")
        text = text.replace("favourable: at-or-above", "favourable: below")
        text = text.replace('- ""', '- "All patients were seen at one hospital."')
        file.write_text(re.sub(r'  # (confirm|gap): .*|(?<=")(confirm|gap): ', "", text), "utf-8")


if __name__ == "__main__":
    edit(*map(Path, sys.argv[1:]))
