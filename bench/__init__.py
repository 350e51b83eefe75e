"""How fast reletan is, beside its peers in one run: ``python -m bench [startup|list|remote|github]``, into docs/benchmarks.md."""
