"""Which settings does the service have, and from where do they come?"""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Read the service's settings from the environment (LUKEPING_...); every one has a working default."""

    model_config = SettingsConfigDict(env_prefix="LUKEPING_", frozen=True, extra="ignore")

    state: Path = Field(default=Path(".lukeping"), description="状态目录：存储、模型、令牌、日志")
    database: str | None = Field(default=None, description="数据库地址；缺省为状态目录中的 SQLite 文件")
    host: str = Field(default="127.0.0.1", description="服务监听的地址")
    port: int = Field(default=8000, ge=0, le=65535, description="服务监听的端口")
    requests_at_once: int = Field(default=64, ge=1, description="同时处理的请求数；超过的答以 503")
    deadline_seconds: float = Field(default=30.0, gt=0, description="一次请求的时限（秒）；超过的答以 503")

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#]+$",
        description="对外的地址（如 https://lukeping.example.gov.cn），令牌与持有证明以它为准；缺省为监听的地址，演示库为请求所用的地址",
    )

    digest: Literal["sha256", "sm3"] = Field(default="sha256", description="审计链与检查点的杂凑算法；可随时更换")
    checkpoint_minutes: int = Field(default=10, ge=1, le=1440, description="服务每隔几分钟做一次审计检查点")
    report_fonts: Path | None = Field(default=None, description="报告所用中文字体的文件夹；缺省为系统字体")

    @property
    def database_url(self) -> str:
        """Return the store's address."""
        return self.database or f"sqlite:///{self.state / 'lukeping.db'}"

    @property
    def shelf(self) -> Path:
        """Return the folder of models."""
        return self.state / "models"

    @property
    def token_file(self) -> Path:
        """Return the file that holds the demonstration's tokens (mode 0600)."""
        return self.state / "tokens.json"

    @property
    def secret_file(self) -> Path:
        """Return the file that holds the installation's secret (mode 0600)."""
        return self.state / "secret.key"

    @property
    def signing_key_file(self) -> Path:
        """Return the file that holds the keys which sign access tokens (mode 0600)."""
        return self.state / "signing-keys.json"

    @property
    def checkpoints(self) -> Path:
        """Return the folder of audit checkpoints, which stand outside the database."""
        return self.state / "checkpoints"

    @property
    def audit_keys(self) -> Path:
        """Return the folder of the keys that sign checkpoints (mode 0700)."""
        return self.state / "audit-keys"

    @property
    def log_file(self) -> Path:
        """Return the file that holds log lines and the tracebacks of faults."""
        return self.state / "lukeping.log"

    def at(self, state: Path) -> "Settings":
        """Return the same settings for another state folder, on its embedded store."""
        return self.model_copy(update={"state": state, "database": None})
