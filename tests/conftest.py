"""What holds for all tests."""

from hypothesis import settings

# A busy machine is no fault of the code: how long things take is measured, and not tested.
settings.register_profile("calm", deadline=None)
settings.load_profile("calm")
