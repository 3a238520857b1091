"""What is rated: programmes, credentials and their kinds, skills, runs, and the organisations that judge them."""
