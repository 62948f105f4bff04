"""Groq's key: what `magnus connect groq` asks for and tests. Its models are asked by `mfa.llm`."""
