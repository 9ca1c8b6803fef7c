// Packages that bring no types of their own.
declare module 'autocannon'
declare module 'oidc-provider'
