"""What errors tell."""

from emulators.errors import EmulatorError, RequestRefused, ScenarioError, Unauthorized


def test_an_unauthorised_request_is_refused_with_401() -> None:
    """A wrong signature is a refusal like any other, with its own status."""
    error = Unauthorized("wrong key")
    assert isinstance(error, RequestRefused)
    assert (error.status, error.code, str(error)) == (401, "Unauthorized", "wrong key")


def test_a_scenario_error_names_its_key() -> None:
    """Whoever wrote the file reads where to look."""
    error = ScenarioError("steps[2].at_ms", "must be a number")
    assert isinstance(error, EmulatorError)
    assert str(error) == "steps[2].at_ms: must be a number"
