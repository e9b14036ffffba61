"""What a type checker must refuse: each line that ends in `# error` gets one, and no other line does."""

from torture_api import Login, Reserved, TortureClient, TortureClientSync, request_handler

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
