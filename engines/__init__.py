"""One engine per module, named as its column in a report; each is an adapter and, mostly, a library."""
