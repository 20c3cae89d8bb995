"""The main claims of the paper: what a report answers first."""

from replication.report import MainClaim

MAIN_CLAIMS = (
    MainClaim({"": "4.2/nh-rises-along-layers"}, "Classes become easier to separate from layer to layer."),
    MainClaim(
        {name: f"abstract/{name}-insufficient" for name in ("magnitude", "selectivity", "impact")},
        "No single metric tells how important a unit is.",
        "How important a unit is for the overall task cannot be told from the magnitude of its activation alone, from "
        "its selectivity alone, or from the impact of ablating it alone.",
        "A network counts as undefined if a second measurement would give its units quite another impact or "
        "importance.",
    ),
    MainClaim(
        {"": "5/metrics-colour-differently"},
        "Magnitude, selectivity and ablation impact pick out different neurons.",
        note="A network counts as undefined if the two halves of the test images give too few of its neurons the same "
        "class by ablation effect. Then there is nothing stable to compare.",
    ),
    MainClaim(
        {"": "4.1/error-predicts-harm"},
        "Classes that are predicted worse suffer more from ablations, but not on MNIST.",
        denied_for=("mnist",),
    ),
)
"""Main claims: separability of classes, importance of units, similarity of the three metrics, and prediction of the
harm of an ablation."""
