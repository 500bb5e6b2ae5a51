"""What of the core group's work the network sees where it takes part: by hand, as it is what leaves the core."""

from flows.definitions.loader import the_process

SEEN = {
    "common_ground": {"public_material", "intelligence", "adverts", "indicators", "branch_findings", "knowledge"},
    "swot": {"common_ground"},
    "swot_insights": {"swot"},
    "vision": {"swot_insights"},
    "ambition": set(),
    "ambition_path": {"ambition"},
    "reflection_plan": set(),
    "reflection_routine": set(),
}


def test_the_network_is_shown_what_is_written_here_and_nothing_else() -> None:
    """Whoever lets the network take part in an exercise, or recalls one more there, says here what they come to see."""
    process = the_process()
    recalling = [one for one in process.exercises.values() if "network" in one.who and one.recall]
    seen = {
        one.id: {name for name in one.recall if one.recalls_for("network", process.exercises[name])}
        for one in recalling
    }
    assert seen == SEEN
