"""Strawberry on FastAPI: `uvicorn server:app --workers <cores>`."""

import asyncio
import json
import os
import re
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

import asyncpg
import strawberry
from fastapi import FastAPI
from strawberry.dataloader import DataLoader
from strawberry.fastapi import GraphQLRouter

COMPANIES = "SELECT id, name FROM companies ORDER BY name_key, id LIMIT $1"
COMPANY = "SELECT id, name FROM companies WHERE id = $1::text::uuid"
CUSTOMERS = """
    SELECT parent.id AS parent, customer.id, customer.name, customer.ticker
    FROM unnest($1::uuid[]) parent(id) CROSS JOIN LATERAL (
        SELECT id, name, ticker, name_key FROM customers WHERE company_id = parent.id ORDER BY name_key, id LIMIT $2
    ) customer ORDER BY customer.name_key, customer.id"""
PUBLISH = """
    WITH message AS (INSERT INTO bench_messages (topic, text) VALUES ($1, $2) RETURNING id, topic, text)
    SELECT id, text, pg_notify('bench_messages', row_to_json(message)::text) FROM message"""

pool: asyncpg.Pool
followers: dict[str, set[asyncio.Queue]] = defaultdict(set)


@strawberry.type
class Customer:
    id: strawberry.ID
    name: str
    ticker: str | None


@strawberry.type
class CustomerConnection:
    nodes: list[Customer]


@strawberry.type
class Company:
    id: strawberry.ID
    name: str
    key: strawberry.Private[object]

    @classmethod
    def of(cls, row: asyncpg.Record) -> Self:
        return cls(id=f"com_{row['id'].hex}", name=row["name"], key=row["id"])

    @strawberry.field
    async def customers(self, info: strawberry.Info, first: int = 25) -> CustomerConnection:
        return await info.context["customers"].load((self.key, first))


@strawberry.type
class CompanyConnection:
    nodes: list[Company]


@strawberry.type
class Message:
    id: strawberry.ID
    text: str


@strawberry.type
class Query:
    @strawberry.field
    async def companies(self, first: int = 25) -> CompanyConnection:
        return CompanyConnection(nodes=[Company.of(row) for row in await pool.fetch(COMPANIES, first)])

    @strawberry.field
    async def company(self, id: strawberry.ID) -> Company | None:
        key = re.fullmatch("com_([0-9a-f]{32})", id)
        row = key and await pool.fetchrow(COMPANY, key[1])
        return Company.of(row) if row else None


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def publish(self, topic: strawberry.ID, text: str) -> Message:
        row = await pool.fetchrow(PUBLISH, topic, text)
        return Message(id=str(row["id"]), text=row["text"])


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def message_added(self, topic: strawberry.ID) -> AsyncGenerator[Message, None]:
        queue = asyncio.Queue()
        followers[topic].add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            followers[topic].discard(queue)


async def load_customers(keys: list[tuple[object, int]]) -> list[CustomerConnection]:
    """One statement for each page size, whatever the number of companies."""
    found = {key: [] for key in keys}
    for first in {first for _, first in keys}:
        for row in await pool.fetch(CUSTOMERS, [company for company, size in keys if size == first], first):
            customer = Customer(id=f"cus_{row['id'].hex}", name=row["name"], ticker=row["ticker"])
            found[row["parent"], first].append(customer)
    return [CustomerConnection(nodes=found[key]) for key in keys]


def tell(_connection, _pid, _channel, payload: str) -> None:
    """Tells the subscribers of this worker what any worker has committed."""
    row = json.loads(payload)
    message = Message(id=str(row["id"]), text=row["text"])
    for queue in followers[row["topic"]]:
        queue.put_nowait(message)


@asynccontextmanager
async def lifespan(_app: FastAPI):
    global pool
    url = os.environ["DATABASE_URL"]
    listener = await asyncpg.connect(url)
    await listener.add_listener("bench_messages", tell)
    async with asyncpg.create_pool(url, min_size=1, max_size=10) as pool:
        yield
    await listener.close()


async def context() -> dict:
    return {"customers": DataLoader(load_fn=load_customers)}


schema = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription)
app = FastAPI(lifespan=lifespan)
app.include_router(GraphQLRouter(schema, context_getter=context, graphql_ide=None), prefix="/graphql")
