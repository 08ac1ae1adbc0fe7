"""Side-by-side measurements of jaxcnn and other libraries on the machine at hand."""
