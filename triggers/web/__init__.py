"""What every HTTP door stands on: authentication, parsing, the one answer shape, problems, OpenAPI.

A handler declares what it takes and gives (`call`, `body`, `query`, path parameters, `Reply[View]`);
everything else happens here. `route` and `blueprint` stay import-light: they run at index time.
"""
