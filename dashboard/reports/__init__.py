"""One builder a page: numbers and sentences as a Report, no layout."""
