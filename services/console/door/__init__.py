"""Getting in: whoever looks at pages signs in once, and the browser then has a session."""
