"""Programs of the chapter on CNN architectures in practice."""
