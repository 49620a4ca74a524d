"""How banso is run: local servers, image, compose, Kubernetes and alerts."""
