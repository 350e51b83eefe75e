"""A Slack on loopback for the tests and the demo: Web API, incoming webhooks, and its channels as text and as a page."""
