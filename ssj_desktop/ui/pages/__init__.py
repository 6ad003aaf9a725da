"""The navigation: one entry per page, modules loaded when first opened."""

import threading
from dataclasses import dataclass
from importlib import import_module

from ssj_desktop.formats.office_papers import load_makers


@dataclass(frozen=True, slots=True)
class PageSpec:
    """``module`` under ui/pages has ``build(desk, *arguments) -> Page``."""

    group: str
    key: str
    title: str
    module: str
    arguments: tuple[str, ...] = ()


PAGES = (
    PageSpec("", "home", "年度总览", "home_page"),
    PageSpec("名录管理", "targets", "检查对象名录库", "registry_page", ("targets",)),
    PageSpec("名录管理", "inspectors", "执法检查人员名录库", "registry_page", ("inspectors",)),
    PageSpec("名录管理", "items", "抽查事项清单", "registry_page", ("items",)),
    PageSpec("名录管理", "witnesses", "见证人名录", "registry_page", ("witnesses",)),
    PageSpec("名录管理", "experts", "专家名录", "registry_page", ("experts",)),
    PageSpec("计划与抽查", "plans", "年度抽查计划", "plans_page"),
    PageSpec("计划与抽查", "draws", "随机抽取", "draws_page"),
    PageSpec("计划与抽查", "inspections", "现场检查录入", "inspections_page"),
    PageSpec("公示与归档", "disclosures", "结果公示", "disclosures_page"),
    PageSpec("公示与归档", "filings", "上下级备案", "filings_page"),
    PageSpec("系统", "sync", "数据同步", "sync_page"),
    PageSpec("系统", "devices", "设备管理", "devices_page"),
    PageSpec("系统", "journal", "操作日志", "journal_page"),
    PageSpec("系统", "accounts", "账号与权限", "accounts_page"),
    PageSpec("系统", "backups", "备份与恢复", "backups_page"),
    PageSpec("系统", "settings", "系统设置", "settings_page"),
)


def load_page_modules() -> threading.Thread:
    """Import every page, and what makes papers, beside the first look at the window.

    So that opening a page or printing is quick.
    """
    names = dict.fromkeys(f"{__name__}.{page.module}" for page in PAGES)

    def load() -> None:
        for name in names:
            import_module(name)
        load_makers()

    loading = threading.Thread(target=load, name="pages", daemon=True)
    loading.start()
    return loading
