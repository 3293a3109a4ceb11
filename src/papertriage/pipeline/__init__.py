"""The use cases, one a module: the only place that joins the layers. They return values and print nothing."""
