"""The Streamlit shell: session, caches, drawing of forms and findings."""
