"""Asking over plain addresses: the light form, invitations, receipts, health. No Streamlit, and no script needed."""
