"""A signed-in visitor, for what the database keeps from them."""

from tests.web.conftest import _clients, sign_in

__all__ = ["_clients", "sign_in"]
