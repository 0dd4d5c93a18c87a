"""Who people, clients and operators are: the platform's tokens, and what they are given for."""
