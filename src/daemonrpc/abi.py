"""Generated code and runtime must agree; checked when the generated package is imported."""

__all__ = ["ABI", "require_abi"]

ABI = 1
"""Raised by one whenever generated code of an older generator can no longer run on this runtime."""


def require_abi(wanted: int) -> None:
    """Called by generated code at import. Raises ImportError when the package was made for another runtime."""
    if wanted != ABI:
        older = "the generated package" if wanted < ABI else "the installed daemonrpc"
        raise ImportError(
            f"generated code wants runtime interface {wanted}, this daemonrpc has {ABI}: {older} is older; "
            "install matching versions, or run `daemonrpc generate` again"
        )
