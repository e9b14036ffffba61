"""What a type checker must refuse: each line that ends in `# error` gets one, and no other line does."""

from torture_api import End, Item, Login, Reserved, TortureClient, TortureClientSync, request_handler
from torture_api.fakes import FakeTortureService

from daemonrpc import Context


async def wrong_calls(client: TortureClient, blocking: TortureClientSync) -> None:
    await client.put_value("x")  # error
    await client.put_value(Reserved(class_="x"), request_id=5)  # error
    await client.list_([1])  # error
    await client.dict_str_ings("a", timeout="soon")  # error
    await client.no_such_method()  # error
    print((await client.import_()).nothing)  # error
    blocking.list_(list_="a")  # error
    Login(user="a")  # error


class Lacking:
    def list_(self, params: object, context: Context) -> list[str]:
        return []


request_handler(Lacking())  # error


def wrong_scripts(fake: FakeTortureService) -> None:
    fake.put_value.returns("x")  # error
    fake.put_value.answers(lambda params: [params.reserved])  # error
    fake.numbers_watch.yields(End())  # error
    fake.numbers_watch.yields(Item(n=1), result=Item(n=2))  # error
    fake.no_such_method.returns(1)  # error
    fake.put_value.raises(ValueError("x"))  # error
    print(fake.put_value.calls[0].nothing)  # error
    FakeTortureService(seed="x")  # error
