"""Named deviations from the contract, served one at a time to find out who notices.

Each is one change of a row (`rows.yaml`, and `operators` for every row of every table) or one small
patch (`persistence`, `lists` and the other modules named after what goes wrong); none is a fork.
`catalogue` has all of them, `serving` puts one in.
"""
