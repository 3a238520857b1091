"""The codebook: what every question asks, how it is kept, and what its answers mean."""

from feedback.ui import codebook, page

page.title("What exactly do we ask, and how is it kept?")
codebook.show()
