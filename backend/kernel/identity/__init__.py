"""Who somebody is: accounts, memberships, passkeys, one-time codes, sessions, step-up.

Citizens sign in with a one-time code by SMS, staff with a passkey. A session is opaque, lives in Valkey and
acts either as the private person or as one of the account's memberships.
"""
