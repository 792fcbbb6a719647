// Loading a fixture throws its FixtureError.
@_exported public import LivechatFixture
