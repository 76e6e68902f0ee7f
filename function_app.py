"""USO as Azure Functions: every blueprint registered, nothing else."""

import azure.durable_functions as df

from activities.blueprint import blueprint as activities
from orchestrators.blueprint import blueprint as orchestrators
from triggers.bus import bp as bus
from triggers.routes import ROUTES
from triggers.timers import bp as timers
from triggers.web.blueprint import blueprint as doors

app = df.DFApp()
for blueprint in (doors(ROUTES), bus, timers, orchestrators(), activities()):
    app.register_functions(blueprint)
