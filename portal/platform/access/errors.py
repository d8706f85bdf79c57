"""What can go wrong between us and the provider. Logged by code only, never with claims, tokens or numbers."""

from portal.platform.kit.errors import PortalError

from .types import SignInFailure


class SignInError(PortalError):
    """A sign-in failed. `reason` names the page that explains it to the citizen."""

    code = "sign_in"
    reason = SignInFailure.FAILED


class ProviderUnavailable(SignInError):
    """The provider could not be reached, or answered something else than its contract says."""

    code = "sign_in.provider_unavailable"
    reason = SignInFailure.PROVIDER_UNAVAILABLE


class ProviderSlow(SignInError):
    """The provider did not answer before our deadline."""

    code = "sign_in.provider_slow"
    reason = SignInFailure.PROVIDER_SLOW


class IssuerMismatch(SignInError):
    """The provider's own description, or its answer, names another issuer than we are configured for."""

    code = "sign_in.issuer"
    reason = SignInFailure.PROVIDER_UNAVAILABLE


class StateMismatch(SignInError):
    """The answer does not belong to a sign-in that this browser started, or it started too long ago."""

    code = "sign_in.state"
    reason = SignInFailure.EXPIRED


class Cancelled(SignInError):
    """The citizen, or the provider on their behalf, broke off the sign-in."""

    code = "sign_in.cancelled"
    reason = SignInFailure.CANCELLED


class ProviderRefused(SignInError):
    """The provider refused our question; its error code is the detail."""

    code = "sign_in.refused"


class CodeRefused(SignInError):
    """The provider does not accept the code: used before, older than 30 seconds, or not ours."""

    code = "sign_in.code"
    reason = SignInFailure.EXPIRED


class UnknownSigningKey(SignInError):
    """The ID token is signed with a key that the provider does not publish."""

    code = "sign_in.key"


class BadSignature(SignInError):
    """The ID token is not a JWT with an RS256 signature of the provider."""

    code = "sign_in.signature"


class BadClaim(SignInError):
    """A claim of the ID token is absent or wrong; its name is the detail."""

    code = "sign_in.claim"

    def __init__(self, claim: str) -> None:
        super().__init__(claim)
        self.code = f"sign_in.claim.{claim}"


class NotAnew(SignInError):
    """The provider does not prove that the citizen authenticated anew, as we had asked."""

    code = "sign_in.anew"
    reason = SignInFailure.NOT_ANEW


class MachineRefused(PortalError):
    """A machine gets no token. error, description: as RFC 6749 (5.2) has them; the detail is the error."""

    code = "machine"

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
