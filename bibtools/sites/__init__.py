"""Public services: questions, requests and answers as pure functions, one module each."""
