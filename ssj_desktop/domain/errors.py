"""The error tree: what a clerk reads when something cannot be done.

Every refusal is two short Chinese sentences: a fact and a remedy. Any other exception is a bug.
"""


class SsjError(Exception):
    """A refusal for the user: ``message`` states the fact, ``remedy`` says what to do next."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}{self.remedy}"


class InvalidInput(SsjError):
    """A value, file or command that is not what it should be."""


class RuleViolation(SsjError):
    """A rule of the plan, the draw or the clocks forbids it now."""


class PermissionRefused(SsjError):
    """The role of the signed-in account does not allow it."""


class StoreRefused(SsjError):
    """The encrypted store cannot be opened or written."""


class StoreDamaged(StoreRefused):
    """The store cannot be read, or not all of it: a case for repair from a backup."""


class KeysDamaged(StoreRefused):
    """The key file, or the slot of one account, opens nothing: a case for the copy of a backup."""


class PasswordExpired(StoreRefused):
    """The password was right but must be changed before anything else."""


class StillJoining(StoreRefused):
    """The store opens, but waits for the office it asked to join."""


class FileRefused(SsjError):
    """A file outside the store cannot be read or written."""


class ReadingCancelled(FileRefused):
    """The user called off the reading of a file."""


class VerificationFailed(SsjError):
    """A record, journal or paper does not agree with what it claims."""
