"""Who may come in and what each may do: users, sessions, one gate before every door."""
