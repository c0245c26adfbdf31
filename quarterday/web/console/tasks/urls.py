"""Which address leads where: tasks; mounted by `quarterday.web.console.urls`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.console.tasks import tasks

urlpatterns: list[URLPattern | URLResolver] = [
    path("", tasks.list_tasks, name="tasks"),
    path("add/", tasks.add, name="task_add"),
    path("<str:key>/do/", tasks.do, name="task_do"),
]
